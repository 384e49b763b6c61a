// The Go half of the waiting table: see examples/src/waiting.rs. It prints a line for each tool,
// its cells set apart by tabs. A program that panics is this one, started again.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// job ends when its gate is closed.
type job struct {
	gate     chan struct{}
	ended    chan struct{}
	finished atomic.Bool
}

func newJob() *job {
	return &job{gate: make(chan struct{}), ended: make(chan struct{})}
}

func (j *job) run() {
	defer close(j.ended)
	<-j.gate
	j.finished.Store(true)
}

// tool is what waits: it starts functions, and waits for them.
type tool struct {
	name  string
	start func(func())
	wait  func() error
	// cancelled says whether the tool's own context is.
	cancelled func() bool
	waitType  reflect.Type
}

func waitGroup() tool {
	var wg sync.WaitGroup
	t := of(&wg)
	t.name = "Go: [`WaitGroup`], `Add` and `Done`"
	t.start = func(f func()) { wg.Add(1); go func() { defer wg.Done(); f() }() }
	return t
}

func waitGroupGo() tool {
	var wg sync.WaitGroup
	t := of(&wg)
	t.name = "Go: [`wg.Go`]"
	t.start = wg.Go
	return t
}

// of is what the two have in common.
func of(wg *sync.WaitGroup) tool {
	return tool{
		wait:      func() error { wg.Wait(); return nil },
		cancelled: func() bool { return false },
		waitType:  reflect.TypeOf(wg.Wait),
	}
}

func group() tool {
	g, ctx := errgroup.WithContext(context.Background())
	return tool{
		name:      "Go: [`errgroup`]",
		start:     func(f func()) { g.Go(func() error { f(); return nil }) },
		wait:      g.Wait,
		cancelled: func() bool { return ctx.Err() != nil },
		waitType:  reflect.TypeOf(g.Wait),
	}
}

// onDrop: the function that started the job returns without Wait.
func onDrop(t func() tool) string {
	j := newJob()
	func() { t().start(j.run) }()
	if j.finished.Load() {
		return "waits for it"
	}
	close(j.gate)
	<-j.ended
	return "lets it run on"
}

// onPanic starts this program again, with a job that panics while another runs.
func onPanic(t func() tool) string {
	self, err := os.Executable()
	check(err == nil)
	said, err := exec.Command(self, t().name).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return "nothing; the others run on"
	}
	check(strings.Contains(string(said), "panic: the job fails"))
	return fmt.Sprintf("nothing: the process ends, code %d", exit.ExitCode())
}

// panics is what onPanic starts.
func panics(t tool) {
	forever := newJob()
	t.start(forever.run)
	t.start(func() { panic("the job fails") })
	t.wait()
}

// onCancel: Wait takes nothing that could cancel it, and does not return before the job has ended.
func onCancel(t func() tool) string {
	j, tool := newJob(), t()
	tool.start(j.run)
	returned := make(chan error)
	go func() { returned <- tool.wait() }()
	for range 100 {
		runtime.Gosched()
	}
	select {
	case <-returned:
		panic("Wait returned before its job")
	default:
	}
	close(j.gate)
	<-returned
	check(j.finished.Load())
	if tool.waitType.NumIn() == 0 {
		return "cannot: it blocks"
	}
	return "the work runs on; wait again"
}

func late(t func() tool) string {
	first, second, tool := newJob(), newJob(), t()
	tool.start(first.run)
	close(first.gate)
	tool.wait()
	tool.start(second.run)
	cancelled := tool.cancelled()
	close(second.gate)
	tool.wait()
	check(second.finished.Load())
	if cancelled {
		return "taken, waited for; its context is cancelled"
	}
	return "taken, waited for"
}

// order looks at what Wait can return, and for an errgroup at which error it does.
func order(t func() tool) string {
	if t().waitType.NumOut() == 0 {
		return "no results"
	}
	if err := twoErrors().Wait(); err.Error() == "the second job fails first" {
		return "the first error in time"
	}
	return "the first error in order"
}

func keeps(t func() tool) string {
	if t().waitType.NumOut() == 0 {
		return "nothing"
	}
	g := twoErrors()
	if first := g.Wait(); first != nil && first == g.Wait() {
		return "the first error"
	}
	return "nothing"
}

// twoErrors is an errgroup whose second job fails before its first.
func twoErrors() *errgroup.Group {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { <-ctx.Done(); return errors.New("the first job fails last") })
	g.Go(func() error { return errors.New("the second job fails first") })
	return g
}

func check(holds bool) {
	if !holds {
		panic("a program of the table saw what it cannot say")
	}
}

func main() {
	for _, t := range []func() tool{waitGroup, waitGroupGo, group} {
		name := t().name
		switch {
		case len(os.Args) == 1:
			cells := []string{name, onDrop(t), onPanic(t), onCancel(t), late(t), order(t), keeps(t)}
			fmt.Println(strings.Join(cells, "\t"))
		case os.Args[1] == name:
			panics(t())
		}
	}
}
