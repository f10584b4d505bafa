/*
 * Stands between a process and the C library's file calls (LD_PRELOAD), for paths below SHIM_FOLDER only.
 *
 * The process steers it by writing lines to SHIM_CONTROL, a path that exists only here:
 *   mark <text>                        a line of the process's own, put into the log at its place
 *   log on | log off                   append every change and every sync, with its data, to the file SHIM_LOG
 *   fail <n> <kinds> <errno> [stay]    call n of those kinds fails; with `stay` all after it as well
 *   short <n>                          write n writes half of its bytes and says so
 *   kill <n>                           the process is killed in the middle of change n
 *   nosync                             syncs answer success and do nothing
 *   count <kinds>                      starts counting calls of those kinds
 *   off                                ends all but the log
 * A line read from SHIM_CONTROL answers "<calls counted> <fired>".
 * Kinds, one letter each: o open of what is there, c open that creates, w write, t truncate, s sync, n rename, u unlink, d mkdir, r read, x close.
 *
 * One lock holds call and log entry together, so that the order in the log is the order on the disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 65536
#define PATHS 4096
enum { NONE = 0, TRACKED, CONTROL };

static unsigned char kind_of[FDS];
static char folder[PATHS], control[PATHS];
static size_t folder_length;
static int log_fd = -1, logging, nosync, stay, fired, wanted_errno, make_short, make_kill;
static long counted, target;
static char kinds[16];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(result, name, ...) static result (*real_##name)(__VA_ARGS__)
REAL(int, open64, const char *, int, ...);
REAL(int, openat64, int, const char *, int, ...);
REAL(int, close, int);
REAL(ssize_t, read, int, void *, size_t);
REAL(ssize_t, readv, int, const struct iovec *, int);
REAL(ssize_t, pread64, int, void *, size_t, off64_t);
REAL(ssize_t, preadv64, int, const struct iovec *, int, off64_t);
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
REAL(int, ftruncate64, int, off64_t);
REAL(int, truncate64, const char *, off64_t);
REAL(int, fsync, int);
REAL(int, rename, const char *, const char *);
REAL(int, unlinkat, int, const char *, int);
REAL(int, mkdir, const char *, mode_t);

__attribute__((constructor)) static void start(void) {
#define FIND(name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name)
  FIND(open64); FIND(openat64); FIND(close); FIND(read); FIND(readv); FIND(pread64); FIND(preadv64); FIND(write); FIND(pwrite64);
  FIND(ftruncate64); FIND(truncate64); FIND(fsync); FIND(rename); FIND(unlinkat); FIND(mkdir);
  const char *of = getenv("SHIM_FOLDER"), *to = getenv("SHIM_LOG"), *by = getenv("SHIM_CONTROL");
  if (of) folder_length = (size_t)snprintf(folder, sizeof folder, "%s", of);
  if (by) snprintf(control, sizeof control, "%s", by);
  if (to) log_fd = real_open64(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Absolute form of a path, into `into`. Node and SQLite name files absolutely; removing a tree names them below an open folder. */
static const char *absolute(int at, const char *path, char *into) {
  if (path[0] == '/') return path;
  char link[64];
  if (at == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", at);
  ssize_t length = readlink(link, into, PATHS - 1);
  if (length < 0) return path;
  snprintf(into + length, PATHS - (size_t)length, "/%s", path);
  return into;
}

static int below(const char *path) {
  return folder_length && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

static int tracked(int fd) { return fd >= 0 && fd < FDS && kind_of[fd] == TRACKED; }

static uint64_t inode(int fd) {
  struct stat s;
  return fstat(fd, &s) == 0 ? (uint64_t)s.st_ino : 0;
}

/* Log entry: op[1] ‖ inode u64 ‖ offset i64 ‖ lengths of a, b, data u32 ‖ a ‖ b ‖ data, little-endian. */
static void note(char op, uint64_t ino, int64_t offset, const char *a, const char *b, const void *data, size_t length) {
  if (!logging || log_fd < 0) return;
  unsigned char head[29];
  uint32_t sizes[3] = {a ? (uint32_t)strlen(a) : 0, b ? (uint32_t)strlen(b) : 0, (uint32_t)length};
  head[0] = (unsigned char)op;
  memcpy(head + 1, &ino, 8);
  memcpy(head + 9, &offset, 8);
  memcpy(head + 17, sizes, 12);
  struct iovec parts[4] = {{head, 29}, {(void *)a, sizes[0]}, {(void *)b, sizes[1]}, {(void *)data, length}};
  if (writev(log_fd, parts, 4) < 0) abort();
}

static const char *relative(const char *path) { return path[folder_length] ? path + folder_length + 1 : ""; }

enum verdict { GO, REFUSE, HALF, DIE };

static enum verdict decide(char kind) {
  if (!kinds[0] || !strchr(kinds, kind)) return GO;
  counted += 1;
  if (!target || (stay ? counted < target : counted != target)) return GO;
  fired += 1;
  if (make_kill) return DIE;
  if (make_short) return HALF;
  errno = wanted_errno;
  return REFUSE;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void arm(const char *these, long n) {
  snprintf(kinds, sizeof kinds, "%s", these);
  counted = fired = stay = make_short = make_kill = wanted_errno = 0;
  target = n;
}

static void obey(const char *line, size_t length) {
  char text[256], these[16] = "", more[16] = "";
  long n = 0;
  int number = 0;
  if (length > 5 && memcmp(line, "mark ", 5) == 0) { note('M', 0, 0, NULL, NULL, line + 5, length - 5); return; }
  snprintf(text, sizeof text, "%.*s", (int)length, line);
  if (strncmp(text, "log on", 6) == 0) logging = 1;
  else if (strncmp(text, "log off", 7) == 0) logging = 0;
  else if (strncmp(text, "nosync", 6) == 0) nosync = 1;
  else if (strncmp(text, "off", 3) == 0) { arm("", 0); nosync = 0; }
  else if (sscanf(text, "count %15s", these) == 1) arm(these, 0);
  else if (sscanf(text, "kill %ld", &n) == 1) { arm("cwtsnud", n); make_kill = 1; }
  else if (sscanf(text, "short %ld", &n) == 1) { arm("w", n); make_short = 1; }
  else if (sscanf(text, "fail %ld %15s %d %15s", &n, these, &number, more) >= 3) { arm(these, n); wanted_errno = number; stay = more[0] == 's'; }
}

#define LOCKED(...) do { pthread_mutex_lock(&lock); __VA_ARGS__; int saved = errno; pthread_mutex_unlock(&lock); errno = saved; } while (0)

static int opening(int at, const char *path, int flags, mode_t mode) {
  char buffer[PATHS];
  const char *whole = absolute(at, path, buffer);
  if (control[0] && strcmp(whole, control) == 0) {
    int fd = real_open64("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd >= 0 && fd < FDS) kind_of[fd] = CONTROL;
    return fd;
  }
  if (!below(whole)) return real_openat64(at, path, flags, mode);
  int fd = -1;
  LOCKED({
    struct stat before;
    int there = stat(whole, &before) == 0;
    enum verdict v = decide(!there && (flags & O_CREAT) ? 'c' : 'o');
    if (v == DIE) { real_openat64(at, path, flags, mode); die(); }
    if (v != REFUSE) {
      fd = real_openat64(at, path, flags, mode);
      if (fd >= 0 && fd < FDS) {
        kind_of[fd] = TRACKED;
        if (!there) note('C', inode(fd), 0, relative(whole), NULL, NULL, 0);
        else if ((flags & O_TRUNC) && before.st_size > 0) note('T', inode(fd), 0, NULL, NULL, NULL, 0);
      }
    }
  });
  return fd;
}

#define OPEN(name, ...) int name(__VA_ARGS__, int flags, ...) { mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
OPEN(open, const char *path) return opening(AT_FDCWD, path, flags, mode); }
OPEN(open64, const char *path) return opening(AT_FDCWD, path, flags, mode); }
OPEN(openat, int at, const char *path) return opening(at, path, flags, mode); }
OPEN(openat64, int at, const char *path) return opening(at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return opening(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int fd) {
  int result = 0, was = tracked(fd);
  if (fd >= 0 && fd < FDS && kind_of[fd] == CONTROL) was = 0;
  LOCKED({
    enum verdict v = was ? decide('x') : GO;
    int wanted = errno;
    if (fd >= 0 && fd < FDS) kind_of[fd] = NONE;
    result = real_close(fd);
    if (v == REFUSE) { errno = wanted; result = -1; }
  });
  return result;
}

/* Writing at `offset`, or at the file's own position when it is negative. */
static ssize_t writing(int fd, const void *data, size_t length, int64_t offset) {
  if (fd >= 0 && fd < FDS && kind_of[fd] == CONTROL) {
    LOCKED(obey(data, length));
    return (ssize_t)length;
  }
  if (!tracked(fd)) return offset < 0 ? real_write(fd, data, length) : real_pwrite64(fd, data, length, offset);
  ssize_t done = -1;
  LOCKED({
    enum verdict v = decide('w');
    if (v != REFUSE) {
      size_t take = (v == HALF || v == DIE) && length > 1 ? length / 2 : length;
      struct stat s;
      int64_t from = offset;
      if (from < 0) from = (fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &s) == 0 ? s.st_size : lseek64(fd, 0, SEEK_CUR);
      done = offset < 0 ? real_write(fd, data, take) : real_pwrite64(fd, data, take, offset);
      if (done > 0) note('W', inode(fd), from, NULL, NULL, data, (size_t)done);
      if (v == DIE) die();
    }
  });
  return done;
}

static ssize_t writing_parts(int fd, const struct iovec *parts, int count, int64_t offset) {
  if (count == 1) return writing(fd, parts[0].iov_base, parts[0].iov_len, offset);
  size_t length = 0;
  for (int i = 0; i < count; i += 1) length += parts[i].iov_len;
  char *whole = malloc(length ? length : 1), *at = whole;
  if (!whole) { errno = ENOMEM; return -1; }
  for (int i = 0; i < count; i += 1) { memcpy(at, parts[i].iov_base, parts[i].iov_len); at += parts[i].iov_len; }
  ssize_t done = writing(fd, whole, length, offset);
  free(whole);
  return done;
}

ssize_t write(int fd, const void *data, size_t length) { return writing(fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return writing(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return writing(fd, data, length, offset); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return writing_parts(fd, parts, count, -1); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) { return writing_parts(fd, parts, count, offset); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) { return writing_parts(fd, parts, count, offset); }

static ssize_t answer(void *into, size_t length) {
  char text[64];
  size_t size = (size_t)snprintf(text, sizeof text, "%ld %d\n", counted, fired);
  memcpy(into, text, size < length ? size : length);
  return (ssize_t)(size < length ? size : length);
}

#define READ(call) \
  if (fd >= 0 && fd < FDS && kind_of[fd] == CONTROL) { ssize_t got; LOCKED(got = answer(data, length)); return got; } \
  if (tracked(fd)) { enum verdict v; LOCKED(v = decide('r')); if (v == REFUSE) return -1; } \
  return call;
ssize_t read(int fd, void *data, size_t length) { READ(real_read(fd, data, length)) }
ssize_t pread(int fd, void *data, size_t length, off_t offset) { READ(real_pread64(fd, data, length, offset)) }
ssize_t pread64(int fd, void *data, size_t length, off64_t offset) { READ(real_pread64(fd, data, length, offset)) }
#define READ_PARTS(call) if (tracked(fd)) { enum verdict v; LOCKED(v = decide('r')); if (v == REFUSE) return -1; } return call;
ssize_t readv(int fd, const struct iovec *parts, int count) { READ_PARTS(real_readv(fd, parts, count)) }
ssize_t preadv(int fd, const struct iovec *parts, int count, off_t offset) { READ_PARTS(real_preadv64(fd, parts, count, offset)) }
ssize_t preadv64(int fd, const struct iovec *parts, int count, off64_t offset) { READ_PARTS(real_preadv64(fd, parts, count, offset)) }

static int truncating(int fd, off64_t size) {
  if (!tracked(fd)) return real_ftruncate64(fd, size);
  int result = -1;
  LOCKED({
    enum verdict v = decide('t');
    if (v == DIE) die();
    if (v != REFUSE && (result = real_ftruncate64(fd, size)) == 0) note('T', inode(fd), size, NULL, NULL, NULL, 0);
  });
  return result;
}
int ftruncate(int fd, off_t size) { return truncating(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncating(fd, size); }

static int truncating_path(const char *path, off64_t size) {
  int fd = opening(AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return -1;
  int result = truncating(fd, size), saved = errno;
  close(fd);
  errno = saved;
  return result;
}
int truncate(const char *path, off_t size) { return truncating_path(path, size); }
int truncate64(const char *path, off64_t size) { return truncating_path(path, size); }

static int syncing(int fd) {
  if (!tracked(fd)) return real_fsync(fd);
  int result = -1;
  LOCKED({
    enum verdict v = decide('s');
    if (v == DIE) die();
    if (v != REFUSE) {
      /* The log tells what would be there after a power cut; waiting for this machine's own disk would prove nothing more. */
      result = 0;
      struct stat s;
      if (!nosync && fstat(fd, &s) == 0) {
        char link[64], whole[PATHS];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = S_ISDIR(s.st_mode) ? readlink(link, whole, PATHS - 1) : 0;
        whole[length > 0 ? length : 0] = 0;
        if (S_ISDIR(s.st_mode)) { if (below(whole)) note('D', (uint64_t)s.st_ino, 0, relative(whole), NULL, NULL, 0); }
        else note('S', (uint64_t)s.st_ino, 0, NULL, NULL, NULL, 0);
      }
    }
  });
  return result;
}
int fsync(int fd) { return syncing(fd); }
int fdatasync(int fd) { return syncing(fd); }

int rename(const char *from, const char *to) {
  char one[PATHS], two[PATHS];
  const char *a = absolute(AT_FDCWD, from, one), *b = absolute(AT_FDCWD, to, two);
  if (!below(a) && !below(b)) return real_rename(from, to);
  int result = -1;
  LOCKED({
    enum verdict v = decide('n');
    if (v == DIE) die();
    if (v != REFUSE && (result = real_rename(from, to)) == 0) note('R', 0, 0, below(a) ? relative(a) : "", below(b) ? relative(b) : "", NULL, 0);
  });
  return result;
}

static int removing(int at, const char *path, int flags) {
  char buffer[PATHS];
  const char *whole = absolute(at, path, buffer);
  if (!below(whole)) return real_unlinkat(at, path, flags);
  int result = -1;
  LOCKED({
    enum verdict v = decide('u');
    if (v == DIE) die();
    if (v != REFUSE && (result = real_unlinkat(at, path, flags)) == 0) note(flags & AT_REMOVEDIR ? 'X' : 'U', 0, 0, relative(whole), NULL, NULL, 0);
  });
  return result;
}
int unlink(const char *path) { return removing(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return removing(at, path, flags); }
int rmdir(const char *path) { return removing(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  struct stat s;
  return removing(AT_FDCWD, path, lstat(path, &s) == 0 && S_ISDIR(s.st_mode) ? AT_REMOVEDIR : 0);
}

int mkdir(const char *path, mode_t mode) {
  char buffer[PATHS];
  const char *whole = absolute(AT_FDCWD, path, buffer);
  if (!below(whole)) return real_mkdir(path, mode);
  int result = -1;
  LOCKED({
    enum verdict v = decide('d');
    if (v == DIE) die();
    if (v != REFUSE && (result = real_mkdir(path, mode)) == 0) note('K', 0, 0, relative(whole), NULL, NULL, 0);
  });
  return result;
}
