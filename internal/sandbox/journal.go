package sandbox

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/org/proxy-bench-action/internal/gateway"
)

// kind says what was taken from the runner, or done with it.
type kind string

const (
	// startedUser is the user whom the workspace is for from now on. What was taken goes
	// back when no process of theirs is left.
	startedUser kind = "user"
	// closedDirectory has another owner and mode.
	closedDirectory kind = "directory"
	// withheldFile lacks its credentials.
	withheldFile kind = "file"
	// keptOwner is a file in a directory of somebody else's.
	keptOwner kind = "owner"
	// usedTree is where the user writes.
	usedTree kind = "tree"
	// madeDirectory is ours and goes.
	madeDirectory kind = "scratch"
	// returned: all of the above has been given back.
	returned kind = "returned"
)

// taken is one thing as it was before. It is data, so that another process can give it
// back when this one is killed, and doing so twice changes nothing.
type taken struct {
	Kind kind
	// Dir is a directory, which has to be the same one at the end: who can rename it must
	// not choose what we change.
	Dir           string
	Device, Inode uint64
	Name          string // of a file below it
	UID, GID      int
	Mode          fs.FileMode
	Data          []byte
	User          gateway.User
}

// journal is what was taken so far.
type journal struct {
	all []taken
	// keeper has a copy, and gives back what we did not. It may be nil.
	keeper *gob.Encoder
	room   room // for what is given back
}

// note records something before it changes.
func (j *journal) note(t taken) error {
	if j.keeper != nil {
		if err := j.keeper.Encode(t); err != nil {
			return fmt.Errorf("tell the first process of this container what is to be given back: %w", err)
		}
	}
	j.all = append(j.all, t)
	return nil
}

// giveBack gives back what was taken.
func (j *journal) giveBack() error {
	if err := giveBack(j.all, &j.room); err != nil {
		return err
	}
	j.all = nil
	if j.keeper != nil {
		_ = j.keeper.Encode(taken{Kind: returned}) // else it is given back once more
	}
	return nil
}

// giveBack ends every process of the user and then gives back what was taken, the last
// first, with the room that was kept for it. Where a process is left, nothing is given back.
func giveBack(all []taken, room *room) error {
	for _, t := range all {
		if t.Kind == startedUser {
			if err := endProcesses(&t.User); err != nil {
				return err
			}
		}
	}
	room.giveUp()
	var failed []error
	for _, t := range slices.Backward(all) {
		if err := t.giveBack(); err != nil {
			failed = append(failed, fmt.Errorf("give back %s: %w", filepath.Join(t.Dir, t.Name), err))
		}
	}
	return errors.Join(failed...)
}

func (t taken) giveBack() error {
	switch t.Kind {
	case startedUser, returned:
		return nil
	case madeDirectory:
		return os.RemoveAll(t.Dir)
	}
	root, err := os.OpenRoot(t.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	now, err := root.Stat(".")
	if err != nil {
		return err
	}
	if s := statOf(now); s.Dev != t.Device || s.Ino != t.Inode {
		return errors.New("it is another directory by now")
	}
	switch t.Kind {
	case closedDirectory:
		return errors.Join(root.Chown(".", t.UID, t.GID), root.Chmod(".", t.Mode))
	case withheldFile:
		return t.restore(root)
	case keptOwner:
		if err := root.Lchown(t.Name, t.UID, t.GID); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	case usedTree:
		return t.clean(root)
	}
	return fmt.Errorf("nobody knows how to give back a %s", t.Kind)
}

// of is what is to be known of a directory, or of a file below it, to give it back.
func (k kind) of(dir fs.FileInfo, path, name string, info fs.FileInfo) taken {
	at, s := statOf(dir), statOf(info)
	return taken{
		Kind: k, Dir: path, Device: at.Dev, Inode: at.Ino, Name: name, UID: int(s.Uid), GID: int(s.Gid),
		Mode: info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky),
	}
}

func statOf(info fs.FileInfo) *syscall.Stat_t { return info.Sys().(*syscall.Stat_t) }

// restore writes a file anew if it is not as it was.
func (t taken) restore(root *os.Root) error {
	if dir, err := root.Stat(path.Dir(t.Name)); err != nil || !dir.IsDir() {
		return nil // the repository is gone or leads elsewhere, and nobody needs its token
	}
	now, err := root.Lstat(t.Name)
	if err == nil && now.Mode() == t.Mode && now.Size() == int64(len(t.Data)) && int(statOf(now).Uid) == t.UID && int(statOf(now).Gid) == t.GID {
		if is, err := root.ReadFile(t.Name); err == nil && string(is) == string(t.Data) {
			return nil
		}
	}
	return t.write(root, t.Data)
}

// write writes a file anew. In the meantime its place was the user's, who may have put
// anything there: a link, a pipe, a directory.
func (t taken) write(root *os.Root, data []byte) error {
	if err := root.RemoveAll(t.Name); err != nil {
		return err
	}
	f, err := root.OpenFile(t.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Chown(t.UID, t.GID), f.Chmod(t.Mode), f.Close())
}

// clean makes what the user has left the owner's.
func (t taken) clean(root *os.Root) error {
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		was := statOf(info)
		uid, gid := int(was.Uid), int(was.Gid)
		if uid == t.User.UID {
			uid = t.UID
		}
		if gid == t.User.GID {
			gid = t.GID
		}
		if uid == int(was.Uid) && gid == int(was.Gid) {
			return nil
		}
		return root.Lchown(name, uid, gid)
	})
}
