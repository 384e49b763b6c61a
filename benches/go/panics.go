package main

import (
	"errors"
	"strconv"
	"strings"
)

// A failure on its way up through frames that each defer a call: as an error, and as a panic.

var errNoFunds = errors.New("no funds")

// failures measures `err-8`, an error through eight frames, or `panic-8`.
func failures(name string) sample {
	kind, number, found := strings.Cut(name, "-")
	if !found || kind != "err" && kind != "panic" {
		return nil
	}
	frames, err := strconv.Atoi(number)
	check(err)
	if kind == "err" {
		return measure(func(n int) {
			for range n {
				if failIn(frames) == nil {
					fail("the innermost frame fails")
				}
			}
		})
	}
	return measure(func(n int) {
		for range n {
			catch(frames)
		}
	})
}

//go:noinline
func failIn(frames int) error {
	defer release()
	if frames == 1 {
		return errNoFunds
	}
	if err := failIn(frames - 1); err != nil {
		return err
	}
	counter++
	return nil
}

//go:noinline
func catch(frames int) {
	defer func() {
		if recover() == nil {
			fail("the innermost frame panics")
		}
	}()
	panicIn(frames)
}

//go:noinline
func panicIn(frames int) {
	defer release()
	if frames == 1 {
		panic(errNoFunds)
	}
	panicIn(frames - 1)
	counter++
}
