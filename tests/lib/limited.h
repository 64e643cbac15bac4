#ifndef FLAGPOST_TEST_LIMITED_H
#define FLAGPOST_TEST_LIMITED_H

/* Whether a limit of address space can be set: a sanitizer needs more than any would leave.
 */
#if defined(__SANITIZE_ADDRESS__)
enum { LIMITED = 0 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { LIMITED = 0 };
#else
enum { LIMITED = 1 };
#endif
#else
enum { LIMITED = 1 };
#endif

#endif
