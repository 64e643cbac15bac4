#ifndef FLAGPOST_BUILD_H
#define FLAGPOST_BUILD_H

/* How this program was compiled, where that changes what it may ask of the system: the
 * sanitizers map terabytes of address space and keep house with calls of their own, and
 * coverage is written into the build's folder when the process ends. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { BUILD_SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { BUILD_SANITIZED = 1 };
#else
enum { BUILD_SANITIZED = 0 };
#endif
#else
enum { BUILD_SANITIZED = 0 };
#endif

#ifdef FLAGPOST_COVERAGE
enum { BUILD_COUNTED = 1 };
#else
enum { BUILD_COUNTED = 0 };
#endif

#endif
