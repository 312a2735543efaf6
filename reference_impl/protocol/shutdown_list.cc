// Takes the place of a function of Protocol Buffers 3.12 (Asterisk 16's Debian) inside our modules;
// later versions' generated code does not call it, and the linker leaves this out.
//
// There, the first use of each message puts its default instance on a list in the library, to be
// destroyed when a program asks for it, and nothing is ever taken off. The library stays in memory
// when a module is unloaded: every load would leave entries, and they would point into code that is
// gone. Our default instances own nothing, and go with the module that holds them.
namespace google::protobuf::internal {

void OnShutdownRun(void (*destroy)(const void*), const void* object);

void OnShutdownRun(void (* /*destroy*/)(const void*), const void* /*object*/) {}

}  // namespace google::protobuf::internal
