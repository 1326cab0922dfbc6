package source

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// gitTree is a commit, read through the git program: one ls-tree for the list,
// one cat-file for the contents.
type gitTree struct {
	dir  string
	id   string
	list []file
}

func openGit(ctx context.Context, dir string, opt Options) (tree, error) {
	ref := opt.Ref
	if ref == "" {
		ref = "HEAD"
	}
	if strings.HasPrefix(ref, "-") || strings.ContainsAny(ref, "\x00\n ") {
		return nil, fmt.Errorf("%q is not the name of a tag, branch or commit", ref)
	}
	if _, err := exec.LookPath("git"); err != nil || opt.NoGit {
		return openGoGit(dir, ref)
	}
	t := &gitTree{dir: dir}
	if _, err := t.run(ctx, "rev-parse", "--git-dir"); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%q is not a git repository, so it has no ref %q", dir, ref)
	}
	id, err := t.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		names, _ := t.run(ctx, "for-each-ref", "--format=%(refname:short)", "refs/tags", "refs/heads")
		return nil, noSuchRef(ref, strings.Fields(string(names)))
	}
	t.id = strings.TrimSpace(string(id))
	listing, err := t.run(ctx, "ls-tree", "-r", "-z", t.id)
	if err != nil {
		return nil, fmt.Errorf("listing commit %s: %w", t.id, err)
	}
	if t.list, err = parseListing(listing); err != nil {
		return nil, fmt.Errorf("listing commit %s: %w", t.id, err)
	}
	return t, nil
}

// command prepares git so that nothing in the repository can make it run or
// fetch anything: no pager, no prompt, no protocol, no lazy fetch. A repository
// that belongs to another user is fine, since it is only read.
func (t *gitTree) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{
		"--no-pager", "--no-replace-objects", "-c", "safe.directory=*", "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Dir = t.dir
	cmd.Env = append(environment(), "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	return cmd
}

// environment is the process's, without what would point git elsewhere.
func environment() []string {
	var env []string
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); !strings.HasPrefix(name, "GIT_") {
			env = append(env, entry)
		}
	}
	return env
}

func (t *gitTree) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := t.command(ctx, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if message := strings.TrimSpace(stderr.String()); message != "" {
			return nil, fmt.Errorf("git %s: %s", args[0], message)
		}
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out, nil
}

// parseListing reads "<mode> <type> <id>\t<path>\0" entries.
func parseListing(listing []byte) ([]file, error) {
	list := make([]file, 0, bytes.Count(listing, []byte{0}))
	text := string(listing)
	for text != "" {
		var entry string
		entry, text, _ = strings.Cut(text, "\x00")
		head, path, ok := strings.Cut(entry, "\t")
		if !ok || len(head) < 12 {
			return nil, fmt.Errorf("unexpected entry %q", entry)
		}
		mode, kind, id := head[:6], head[7:11], head[strings.LastIndexByte(head, ' ')+1:]
		if kind != "blob" {
			continue // a submodule: its files are not in this repository
		}
		if len(list) >= maxFiles {
			return nil, fmt.Errorf("more than %d files", maxFiles)
		}
		list = append(list, file{path: path, blob: id, link: mode == "120000"})
	}
	sortFiles(list)
	return list, nil
}

func (t *gitTree) files() []file  { return t.list }
func (t *gitTree) commit() string { return t.id }
func (t *gitTree) close()         {}

func (t *gitTree) read(ctx context.Context, want []file, got func(int, []byte)) error {
	if len(want) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := t.command(ctx, "cat-file", "--batch", "--buffer")
	var ids strings.Builder
	for _, f := range want {
		ids.WriteString(f.blob)
		ids.WriteByte('\n')
	}
	cmd.Stdin = strings.NewReader(ids.String())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	err = readBatch(bufio.NewReaderSize(out, 1<<18), want, got)
	if err != nil {
		cancel()
		_ = cmd.Wait()
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git cat-file: %w %s", err, strings.TrimSpace(stderr.String()))
	}
	return nil
}

// readBatch reads "<id> blob <size>\n<content>\n" for every wanted file.
func readBatch(r *bufio.Reader, want []file, got func(int, []byte)) error {
	var total int64
	for i, f := range want {
		head, err := r.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git cat-file ended before %s", f.path)
		}
		fields := strings.Fields(head)
		if len(fields) == 2 && fields[1] == "missing" {
			got(i, nil)
			continue
		}
		if len(fields) != 3 || fields[1] != "blob" {
			return fmt.Errorf("git has no content for %s (%s)", f.path, strings.TrimSpace(head))
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil {
			return fmt.Errorf("git cat-file answered %q", head)
		}
		if total += size; size > maxFile || total > maxTotal {
			return tooLarge(f.path, size)
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(r, data); err != nil {
			return fmt.Errorf("git cat-file ended in %s", f.path)
		}
		if _, err := r.Discard(1); err != nil {
			return fmt.Errorf("git cat-file ended after %s", f.path)
		}
		got(i, data)
	}
	return nil
}
