// The Go half of shutdown: every way out that has a deferred call to watch. Without arguments it
// lists the ways; with one it takes that way.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"
)

var ways = map[string]func(){
	"return":                  returns,
	"os.Exit":                 func() { defer ran(); os.Exit(3) },
	"log.Fatal":               func() { defer ran(); log.Fatal("disk full") },
	"stack overflow":          stackOverflow,
	"deadlock":                func() { defer ran(); select {} },
	"runtime.Goexit":          func() { wait(func() { defer ran(); runtime.Goexit() }) },
	"runtime.Goexit in main":  func() { defer ran(); runtime.Goexit() },
	"panic":                   func() { defer ran(); panic("bad amount") },
	"recovered":               recovered,
	"panic in a deferred call": inADeferredCall,
	"panic during a panic":    duringAPanic,
	"panic in a goroutine":    func() { wait(func() { defer ran(); panic("bad amount") }) },
	"SIGINT (Ctrl-C)":         func() { unhandled("INT") },
	"SIGTERM":                 func() { unhandled("TERM") },
	"SIGKILL":                 func() { unhandled("KILL") },
	"SIGINT, handled":         func() { handled("INT") },
	"SIGTERM, handled":        func() { handled("TERM") },
	"goroutine waited for":    func() { wait(func() { defer ran() }) },

	"select loser, a goroutine":                         selectLoser,
	"unlock of an unlocked mutex":                       func() { defer ran(); new(sync.Mutex).Unlock() },
	"panic in another goroutine":                        func() { defer ran(); wait(func() { panic("bad amount") }) },
	"goroutine parked":                                  func() { parked(context.Background()) },
	"goroutine perhaps not started":                     func() { go func() { defer ran(); select {} }() },
	"context cancelled":                                 func() { cancelled(listen) },
	"context cancelled, ignored":                        func() { cancelled(parked) },
	"context deadline":                                  func() { elapsed(listen) },
	"context deadline, ignored":                         func() { elapsed(parked) },
}

func main() {
	if len(os.Args) < 2 {
		var names []string
		for name := range ways {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	way := ways[os.Args[1]]
	if way == nil {
		log.Fatalf("there is no way %q", os.Args[1])
	}
	way()
	fmt.Println("main returns")
}

// ran is the deferred call.
func ran() {
	stack := make([]byte, 64)
	stack = stack[:runtime.Stack(stack, false)]
	where := "its own goroutine"
	if bytes.HasPrefix(stack, []byte("goroutine 1 ")) {
		where = "main"
	}
	fmt.Println("the deferred call runs on", where)
}

func goesOn() { fmt.Println("the caller goes on") }

// wait runs f on a goroutine and waits for it.
func wait(f func()) {
	var group sync.WaitGroup
	group.Go(f)
	group.Wait()
	fmt.Println("the wait returns")
}

func returns() {
	func() { defer ran() }()
	goesOn()
}

func stackOverflow() {
	defer ran()
	debug.SetMaxStack(1 << 20)
	overflow(0)
}

func overflow(depth int) int { return overflow(depth+1) + depth }

func recovered() {
	func() {
		defer func() { recover() }()
		defer ran()
		panic("bad amount")
	}()
	goesOn()
}

func inADeferredCall() {
	defer ran()
	defer panic("the deferred call panics")
}

func duringAPanic() {
	defer ran()
	defer panic("the deferred call panics")
	panic("bad amount")
}

// send has a shell send a signal to this process.
func send(name string) {
	if err := exec.Command("sh", "-c", `kill -s "$0" $PPID`, name).Run(); err != nil {
		log.Fatal(err)
	}
}

func unhandled(name string) {
	defer ran()
	send(name)
	// The sleep only keeps the deadlock detector quiet.
	time.Sleep(time.Hour)
}

func handled(name string) {
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer ran()
	send(name)
	<-stopped.Done()
	fmt.Println("the signal arrives")
}

// parked starts a goroutine that looks at no context, and returns when that waits for ever.
func parked(context.Context) (done chan struct{}) {
	started := make(chan struct{})
	go func() {
		defer ran()
		close(started)
		select {}
	}()
	<-started
	return nil
}

// listen starts a goroutine that ends with its context.
func listen(ctx context.Context) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer ran()
		<-ctx.Done()
	}()
	return done
}

func selectLoser() {
	ready := make(chan struct{})
	close(ready)
	select {
	case <-parked(context.Background()):
	case <-ready:
	}
	goesOn()
}

func cancelled(start func(context.Context) chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	done := start(ctx)
	cancel()
	waitFor(done)
}

func elapsed(start func(context.Context) chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	done := start(ctx)
	<-ctx.Done()
	waitFor(done)
}

// waitFor waits for a goroutine that ends; nobody can wait for the other.
func waitFor(done chan struct{}) {
	if done != nil {
		<-done
		fmt.Println("the wait returns")
	}
}
