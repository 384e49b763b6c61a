// The Go half of the waiting table: see examples/src/waiting.rs. It prints a line for each tool,
// its cells set apart by tabs. A program that panics is this one, started again.
//
// One thread runs at a time, so whoever can run does, before yield returns.
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

func yield() {
	for range 100 {
		runtime.Gosched()
	}
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
	t.name = "Go: [`wg.Add`], `Done`"
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

// waiting starts a wait, and says whether it still waits.
func waiting(t tool) func() bool {
	var returned atomic.Bool
	go func() { t.wait(); returned.Store(true) }()
	return func() bool { yield(); return !returned.Load() }
}

// onDrop: the function that started the job returns without Wait.
func onDrop(t func() tool) string {
	j := newJob()
	func() { t().start(j.run) }()
	check(!j.finished.Load())
	close(j.gate)
	<-j.ended
	check(j.finished.Load())
	return "lets it run on"
}

// onCancel: Wait does not return before the job has ended, and takes nothing that could cancel it.
func onCancel(t func() tool) string {
	j, tool := newJob(), t()
	tool.start(j.run)
	waits := waiting(tool)
	check(waits() && tool.waitType.NumIn() == 0)
	close(j.gate)
	check(!waits())
	return "cannot be: it blocks"
}

// onPanic starts this program again, with a job that panics.
func onPanic(t func() tool) (waiter, others string) {
	self, err := os.Executable()
	check(err == nil)
	said, err := exec.Command(self, t().name).CombinedOutput()
	var exit *exec.ExitError
	check(errors.As(err, &exit))
	_, message, _ := strings.Cut(string(said), "panic: ")
	switch {
	case strings.HasPrefix(message, waitReturns):
		waiter = "nothing: `Wait` may return first"
	case strings.HasPrefix(message, waitHangs):
		waiter = "nothing"
	}
	check(waiter != "")
	return waiter, fmt.Sprintf("end with the process, code %d", exit.ExitCode())
}

const (
	waitReturns = "the wait has returned"
	waitHangs   = "the wait has not returned"
)

// panics is what onPanic starts.
func panics(t tool) {
	returned := make(chan struct{})
	t.start(func() { panic(failure(returned)) })
	defer func() {
		if recover() != nil {
			os.Exit(0) // the wait panics: onPanic has no word for it
		}
	}()
	t.wait()
	close(returned)
	select {}
}

// failure is closed when the wait has returned.
type failure chan struct{}

// Error is what the runtime prints. It asks when the deferred functions of the goroutine have run,
// and before the process ends.
func (returned failure) Error() string {
	yield()
	select {
	case <-returned:
		return waitReturns
	default:
		return waitHangs
	}
}

// late: one job comes while another runs and a wait is on, one when it has returned.
func late(t func() tool) (running, after string) {
	first, second, third, tool := newJob(), newJob(), newJob(), t()
	tool.start(first.run)
	waits := waiting(tool)
	check(waits())
	tool.start(second.run)
	close(first.gate)
	check(waits())
	close(second.gate)
	check(!waits())

	tool.start(third.run)
	cancelled := tool.cancelled()
	waits = waiting(tool)
	check(waits())
	close(third.gate)
	check(!waits() && third.finished.Load())
	if cancelled {
		return "taken", "taken; its context is cancelled"
	}
	return "taken", "taken"
}

// order looks at what Wait can return, and for an errgroup at which error it does.
func order(t func() tool) string {
	if t().waitType.NumOut() == 0 {
		return "no results"
	}
	check(twoErrors().Wait().Error() == "the second job fails first")
	return "the first error in time"
}

func keeps(t func() tool) string {
	if t().waitType.NumOut() == 0 {
		return "nothing"
	}
	g := twoErrors()
	first := g.Wait()
	check(first != nil && first == g.Wait())
	return "the first error"
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

func row(t func() tool) []string {
	waiter, others := onPanic(t)
	running, after := late(t)
	return []string{
		t().name, onDrop(t), onCancel(t), waiter, others, running, after, order(t), keeps(t),
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	for _, t := range []func() tool{waitGroup, waitGroupGo, group} {
		switch {
		case len(os.Args) == 1:
			fmt.Println(strings.Join(row(t), "\t"))
		case os.Args[1] == t().name:
			panics(t())
		}
	}
}
