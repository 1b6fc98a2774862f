// A file system that forgets, for tests: what is written stays in this program's memory until fsync or fdatasync; then it goes to the folder behind it.
// Killing this program (-9) is the power cut: mount the same folder again and see what a disk would have kept.
//
//   lossy BACKING CONTROL MOUNTPOINT [-f and other options of fuse]
//
// CONTROL is a file that is read again every 20 ms: lines "sync_delay_ms 200" (each flush takes that much longer) and "full 1" (no file grows:
// ENOSPC). It may be missing or empty.
//
// What counts as flushed: a file's bytes and length by its own fsync or fdatasync; a file's name with its first flush (as ext4 does it) or with its folder's;
// renames and removals with the flush of the folder, or of a file that was renamed. Folders themselves are kept at once. Whole files are held in memory.
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, NAME_MAX_BYTES = PATH_MAX };

typedef struct node {
  struct node *next;
  char path[NAME_MAX_BYTES];   // as programs see it; empty once removed
  char kept[NAME_MAX_BYTES];   // where the backing folder has it; empty where it does not
  bool folder, loaded;
  uint8_t *data, *dirty;       // dirty: a byte for each page
  size_t size, room;
  mode_t mode;
  struct timespec changed;
} node_t;

static node_t *nodes;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static char backing[PATH_MAX], control[NAME_MAX_BYTES];

// Names that the backing folder still has and programs do not see: removed or renamed away, not flushed yet.
typedef struct gone { struct gone *next; char path[NAME_MAX_BYTES]; } gone_t;
static gone_t *goners;

static long sync_delay_ms, full;

// Reads CONTROL again where it is older than 20 ms. Under the gate.
static void read_control(void) {
  static struct timespec last;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (last.tv_sec && (now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000 < 20) return;
  last = now;
  sync_delay_ms = full = 0;
  char key[64];
  long value;
  FILE *f = fopen(control, "r");
  if (!f) return;
  while (fscanf(f, "%63s %ld", key, &value) == 2) {
    if (!strcmp(key, "sync_delay_ms")) sync_delay_ms = value;
    if (!strcmp(key, "full")) full = value;
  }
  fclose(f);
}

static void behind(char *to, const char *path) { snprintf(to, 2 * NAME_MAX_BYTES, "%s%s", backing, path); }

static void parent_of(char *to, const char *path) {
  snprintf(to, NAME_MAX_BYTES, "%s", path);
  char *slash = strrchr(to, '/');
  if (slash == to) to[1] = 0; else if (slash) *slash = 0;
}

static node_t *find(const char *path) {
  for (node_t *n = nodes; n; n = n->next) if (n->path[0] && !strcmp(n->path, path)) return n;
  return NULL;
}

static bool is_gone(const char *path) {
  for (gone_t *g = goners; g; g = g->next) if (!strcmp(g->path, path)) return true;
  return false;
}

static void forget_gone(const char *path) {
  for (gone_t **g = &goners; *g;) {
    if (strcmp((*g)->path, path)) { g = &(*g)->next; continue; }
    gone_t *old = *g; *g = old->next; free(old);
  }
}

static void add_gone(const char *path) {
  if (!path[0] || is_gone(path)) return;
  gone_t *g = calloc(1, sizeof *g);
  snprintf(g->path, sizeof g->path, "%s", path);
  g->next = goners; goners = g;
}

static node_t *add_node(const char *path, mode_t mode, bool folder) {
  node_t *n = calloc(1, sizeof *n);
  snprintf(n->path, sizeof n->path, "%s", path);
  n->mode = mode; n->folder = folder; n->loaded = true;
  clock_gettime(CLOCK_REALTIME, &n->changed);
  n->next = nodes; nodes = n;
  return n;
}

// The node of a path: from memory, or from the backing folder.
static node_t *look(const char *path) {
  node_t *n = find(path);
  if (n) return n;
  if (is_gone(path)) return NULL;
  char at[2 * NAME_MAX_BYTES];
  struct stat st;
  behind(at, path);
  if (lstat(at, &st)) return NULL;
  n = add_node(path, st.st_mode, S_ISDIR(st.st_mode));
  snprintf(n->kept, sizeof n->kept, "%s", path);
  n->size = (size_t)st.st_size; n->changed = st.st_mtim; n->loaded = n->folder;
  return n;
}

static bool resize(node_t *n, size_t size) {
  if (size > n->room) {
    size_t room = n->room ? n->room : 16 * PAGE;
    while (room < size) room *= 2;
    uint8_t *data = realloc(n->data, room);
    if (!data) return false;
    n->data = data;
    uint8_t *dirty = realloc(n->dirty, room / PAGE);
    if (!dirty) return false;
    n->dirty = dirty;
    memset(n->data + n->room, 0, room - n->room);
    memset(n->dirty + n->room / PAGE, 0, (room - n->room) / PAGE);
    n->room = room;
  }
  if (size < n->size) memset(n->data + size, 0, n->size - size);
  if (size > n->size) for (size_t p = n->size / PAGE; p * PAGE < size; p++) n->dirty[p] = 1;
  n->size = size;
  return true;
}

static int load(node_t *n) {
  if (n->loaded) return 0;
  char at[2 * NAME_MAX_BYTES];
  behind(at, n->kept);
  int fd = open(at, O_RDONLY);
  if (fd < 0) return -errno;
  size_t size = n->size;
  n->size = 0;
  if (!resize(n, size)) { close(fd); return -ENOMEM; }
  for (size_t done = 0; done < size;) {
    ssize_t k = pread(fd, n->data + done, size - done, (off_t)done);
    if (k <= 0) break;
    done += (size_t)k;
  }
  close(fd);
  if (n->room) memset(n->dirty, 0, n->room / PAGE);
  n->loaded = true;
  return 0;
}

// Carries a file's bytes, length and name over to the backing folder.
static int keep(node_t *n, bool content) {
  if (!n->path[0] || n->folder) return 0;  // removed while open: nothing of it is to be kept
  char from[2 * NAME_MAX_BYTES], to[2 * NAME_MAX_BYTES];
  behind(to, n->path);
  if (n->kept[0] && strcmp(n->kept, n->path)) {
    behind(from, n->kept);
    if (rename(from, to)) return -errno;
    forget_gone(n->kept);
  }
  bool fresh = !n->kept[0];
  snprintf(n->kept, sizeof n->kept, "%s", n->path);
  forget_gone(n->path);
  if (!fresh && !content) return 0;
  int fd = open(to, O_WRONLY | O_CREAT | (fresh ? O_TRUNC : 0), n->mode & 07777);
  if (fd < 0) return -errno;
  if (content && n->loaded) {
    if (ftruncate(fd, (off_t)n->size)) { close(fd); return -errno; }
    for (size_t p = 0; p * PAGE < n->size; p++) {
      if (!fresh && !n->dirty[p]) continue;
      size_t from_byte = p * PAGE, bytes = n->size - from_byte < PAGE ? n->size - from_byte : PAGE;
      if (pwrite(fd, n->data + from_byte, bytes, (off_t)from_byte) != (ssize_t)bytes) { close(fd); return -EIO; }
      n->dirty[p] = 0;
    }
  }
  close(fd);
  return 0;
}

static void pause_for(long ms) {
  if (ms > 0) nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000}, NULL);
}

static void fill_stat(node_t *n, struct stat *st) {
  memset(st, 0, sizeof *st);
  st->st_mode = n->folder ? (S_IFDIR | (n->mode & 07777)) : (S_IFREG | (n->mode & 07777));
  st->st_nlink = n->folder ? 2 : 1;
  st->st_size = n->folder ? PAGE : (off_t)n->size;
  st->st_blocks = (st->st_size + 511) / 512;
  st->st_mtim = st->st_ctim = st->st_atim = n->changed;
  st->st_uid = getuid(); st->st_gid = getgid();
}

static node_t *of(const char *path, struct fuse_file_info *fi) { return fi && fi->fh ? (node_t *)(uintptr_t)fi->fh : look(path); }

static int l_getattr(const char *path, struct stat *st, struct fuse_file_info *fi) {
  pthread_mutex_lock(&gate);
  node_t *n = of(path, fi);
  if (n) fill_stat(n, st);
  pthread_mutex_unlock(&gate);
  return n ? 0 : -ENOENT;
}

static int l_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t off, struct fuse_file_info *fi, enum fuse_readdir_flags flags) {
  (void)off; (void)fi; (void)flags;
  char at[2 * NAME_MAX_BYTES], name[2 * NAME_MAX_BYTES], parent[NAME_MAX_BYTES];
  pthread_mutex_lock(&gate);
  fill(buf, ".", NULL, 0, 0);
  fill(buf, "..", NULL, 0, 0);
  // What memory knows, and what only the folder behind has.
  for (node_t *n = nodes; n; n = n->next) {
    if (!n->path[0] || !strcmp(n->path, "/")) continue;
    parent_of(parent, n->path);
    if (!strcmp(parent, path)) fill(buf, strrchr(n->path, '/') + 1, NULL, 0, 0);
  }
  behind(at, path);
  DIR *d = opendir(at);
  for (struct dirent *e; d && (e = readdir(d));) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    snprintf(name, sizeof name, "%s/%s", strcmp(path, "/") ? path : "", e->d_name);
    if (!find(name) && !is_gone(name)) fill(buf, e->d_name, NULL, 0, 0);
  }
  if (d) closedir(d);
  pthread_mutex_unlock(&gate);
  return 0;
}

static int l_create(const char *path, mode_t mode, struct fuse_file_info *fi) {
  pthread_mutex_lock(&gate);
  node_t *n = look(path);
  if (!n) n = add_node(path, mode, false);
  fi->fh = (uint64_t)(uintptr_t)n;
  pthread_mutex_unlock(&gate);
  return 0;
}

static int l_open(const char *path, struct fuse_file_info *fi) {
  pthread_mutex_lock(&gate);
  node_t *n = look(path);
  int r = n ? load(n) : -ENOENT;
  if (!r && (fi->flags & O_TRUNC)) resize(n, 0);
  if (!r) fi->fh = (uint64_t)(uintptr_t)n;
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_read(const char *path, char *buf, size_t size, off_t off, struct fuse_file_info *fi) {
  pthread_mutex_lock(&gate);
  node_t *n = of(path, fi);
  int r = n ? load(n) : -ENOENT;
  if (!r && (size_t)off < n->size) {
    r = (int)(size < n->size - (size_t)off ? size : n->size - (size_t)off);
    memcpy(buf, n->data + off, (size_t)r);
  }
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_write(const char *path, const char *buf, size_t size, off_t off, struct fuse_file_info *fi) {
  pthread_mutex_lock(&gate);
  read_control();
  node_t *n = of(path, fi);
  size_t end = (size_t)off + size;
  int r = n ? load(n) : -ENOENT;
  if (!r && full && end > n->size) r = -ENOSPC;
  if (!r && end > n->size && !resize(n, end)) r = -ENOSPC;
  if (!r) {
    memcpy(n->data + off, buf, size);
    for (size_t p = (size_t)off / PAGE; p * PAGE < end; p++) n->dirty[p] = 1;
    clock_gettime(CLOCK_REALTIME, &n->changed);
    r = (int)size;
  }
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_truncate(const char *path, off_t size, struct fuse_file_info *fi) {
  pthread_mutex_lock(&gate);
  read_control();
  node_t *n = of(path, fi);
  int r = n ? load(n) : -ENOENT;
  if (!r && full && (size_t)size > n->size) r = -ENOSPC;
  if (!r && !resize(n, (size_t)size)) r = -ENOSPC;
  if (!r) clock_gettime(CLOCK_REALTIME, &n->changed);
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_fsync(const char *path, int data_only, struct fuse_file_info *fi) {
  (void)data_only;
  pthread_mutex_lock(&gate);
  read_control();
  long ms = sync_delay_ms;
  pthread_mutex_unlock(&gate);
  pause_for(ms);
  pthread_mutex_lock(&gate);
  node_t *n = of(path, fi);
  int r = n ? keep(n, true) : -ENOENT;
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_fsyncdir(const char *path, int data_only, struct fuse_file_info *fi) {
  (void)data_only; (void)fi;
  char parent[NAME_MAX_BYTES], at[2 * NAME_MAX_BYTES];
  int r = 0;
  pthread_mutex_lock(&gate);
  for (node_t *n = nodes; n; n = n->next) {
    if (!n->path[0] || n->folder) continue;
    parent_of(parent, n->path);
    if (!strcmp(parent, path)) { int k = keep(n, false); if (k) r = k; }
  }
  for (gone_t **g = &goners; *g;) {
    parent_of(parent, (*g)->path);
    if (strcmp(parent, path)) { g = &(*g)->next; continue; }
    gone_t *old = *g;
    behind(at, old->path);
    unlink(at);
    *g = old->next;
    free(old);
  }
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_unlink(const char *path) {
  pthread_mutex_lock(&gate);
  node_t *n = look(path);
  if (n) {
    add_gone(n->kept);
    add_gone(path);
    n->path[0] = n->kept[0] = 0;
  }
  pthread_mutex_unlock(&gate);
  return n ? 0 : -ENOENT;
}

static void rename_folder(const char *from, const char *to) {
  char a[2 * NAME_MAX_BYTES], b[2 * NAME_MAX_BYTES], moved[2 * NAME_MAX_BYTES];
  size_t length = strlen(from);
  behind(a, from);
  behind(b, to);
  rename(a, b);
  for (node_t *n = nodes; n; n = n->next) {
    for (int i = 0; i < 2; i++) {
      char *name = i ? n->kept : n->path;
      if (strncmp(name, from, length) || (name[length] && name[length] != '/')) continue;
      snprintf(moved, sizeof moved, "%s%s", to, name + length);
      snprintf(name, NAME_MAX_BYTES, "%s", moved);
    }
  }
}

static int l_rename(const char *from, const char *to, unsigned flags) {
  if (flags) return -EINVAL;
  pthread_mutex_lock(&gate);
  node_t *n = look(from), *old = n ? look(to) : NULL;
  int r = !n ? -ENOENT : n->folder ? 0 : load(n);
  if (!r && old && old != n) old->path[0] = old->kept[0] = 0;
  if (!r && n->folder) rename_folder(from, to);
  else if (!r) {
    add_gone(n->kept);
    add_gone(from);
    snprintf(n->path, sizeof n->path, "%s", to);
  }
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_mkdir(const char *path, mode_t mode) {
  char at[2 * NAME_MAX_BYTES];
  behind(at, path);
  pthread_mutex_lock(&gate);
  int r = mkdir(at, mode) ? -errno : 0;
  if (!r) { node_t *n = add_node(path, mode, true); snprintf(n->kept, sizeof n->kept, "%s", path); forget_gone(path); }
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_rmdir(const char *path) {
  char at[2 * NAME_MAX_BYTES], parent[NAME_MAX_BYTES], name[2 * NAME_MAX_BYTES];
  behind(at, path);
  pthread_mutex_lock(&gate);
  int r = 0;
  for (node_t *n = nodes; n; n = n->next) {
    parent_of(parent, n->path);
    if (n->path[0] && strcmp(n->path, "/") && !strcmp(parent, path)) r = -ENOTEMPTY;
  }
  for (gone_t **g = &goners; !r && *g;) {
    parent_of(parent, (*g)->path);
    if (strcmp(parent, path)) { g = &(*g)->next; continue; }
    gone_t *old = *g;
    behind(name, old->path);
    unlink(name);
    *g = old->next;
    free(old);
  }
  if (!r && rmdir(at)) r = -errno;
  node_t *n = r ? NULL : find(path);
  if (n) n->path[0] = n->kept[0] = 0;
  pthread_mutex_unlock(&gate);
  return r;
}

static int l_chmod(const char *path, mode_t mode, struct fuse_file_info *fi) {
  char at[2 * NAME_MAX_BYTES];
  pthread_mutex_lock(&gate);
  node_t *n = of(path, fi);
  if (n) {
    n->mode = mode;
    if (n->kept[0]) { behind(at, n->kept); chmod(at, mode & 07777); }
  }
  pthread_mutex_unlock(&gate);
  return n ? 0 : -ENOENT;
}

static int l_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi) { (void)path; (void)uid; (void)gid; (void)fi; return 0; }

static int l_utimens(const char *path, const struct timespec tv[2], struct fuse_file_info *fi) {
  pthread_mutex_lock(&gate);
  node_t *n = of(path, fi);
  if (n) n->changed = tv[1];
  pthread_mutex_unlock(&gate);
  return n ? 0 : -ENOENT;
}

static int l_statfs(const char *path, struct statvfs *st) {
  (void)path;
  pthread_mutex_lock(&gate);
  read_control();
  int r = statvfs(backing, st) ? -errno : 0;
  if (full) st->f_bfree = st->f_bavail = 0;
  pthread_mutex_unlock(&gate);
  return r;
}

static void *l_init(struct fuse_conn_info *conn, struct fuse_config *config) {
  (void)conn;
  config->use_ino = 0;
  config->kernel_cache = 1;
  return NULL;
}

static const struct fuse_operations operations = {
    .init = l_init, .getattr = l_getattr, .readdir = l_readdir, .create = l_create, .open = l_open, .read = l_read, .write = l_write,
    .truncate = l_truncate, .fsync = l_fsync, .fsyncdir = l_fsyncdir, .unlink = l_unlink, .rename = l_rename, .mkdir = l_mkdir, .rmdir = l_rmdir,
    .chmod = l_chmod, .chown = l_chown, .utimens = l_utimens, .statfs = l_statfs};

int main(int argc, char **argv) {
  if (argc < 4 || !realpath(argv[1], backing)) {
    fprintf(stderr, "usage: lossy BACKING CONTROL MOUNTPOINT [fuse options]\n");
    return 2;
  }
  snprintf(control, sizeof control, "%s", argv[2]);
  argv[2] = argv[0];
  return fuse_main(argc - 2, argv + 2, &operations, NULL);
}
