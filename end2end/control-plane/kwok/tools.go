//go:build tools

// Package kwok pins kwok, which gives the test clusters their nodes.
package kwok

import _ "sigs.k8s.io/kwok/cmd/kwok"
