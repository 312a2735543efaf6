/* The engine `skyhost`, byte for byte, in the module's read-only data. */
        .section .rodata
        .global skype_engine_image_begin
        .global skype_engine_image_end
        .balign 16
skype_engine_image_begin:
        .incbin SKYPE_ENGINE_IMAGE
skype_engine_image_end:
        .byte 0
        .section .note.GNU-stack,"",@progbits
