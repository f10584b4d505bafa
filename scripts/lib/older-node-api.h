/*
 * Lets the database module, written for Node-API 10, run in Node 20 (Electron 33), which has Node-API 10 as its experimental surface:
 * the module declares itself experimental, which allows references to strings, and puts off finalizers that touch the heap.
 * Force-included, because node-api-headers leaves the experimental declarations out.
 */
#define NAPI_VERSION 2147483647
#include <node_api.h>
EXTERN_C_START
NAPI_EXTERN napi_status NAPI_CDECL node_api_post_finalizer(napi_env env, napi_finalize finalize_cb, void* finalize_data, void* finalize_hint);
EXTERN_C_END
#define NODE_API_EXPERIMENTAL_HAS_POST_FINALIZER
