//go:build tools

// Package metricsserver pins metrics-server, which gives the test clusters their usage numbers.
package metricsserver

import _ "sigs.k8s.io/metrics-server/cmd/metrics-server"
