# Thin: every rule calls xtask, which installs what is missing and says so.
.DEFAULT_GOAL := help
.PHONY: help run dev test setup clusters

XTASK := sh xtask/bootstrap.sh

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: ## Build the console and start it with sandbox clusters
	@$(XTASK) run

dev: ## The same for development: rebuilds and reloads on each change
	@$(XTASK) dev

test: ## Run every check and test
	@$(XTASK) test

setup: ## Install what building and testing need, nothing else
	@$(XTASK) setup

clusters: ## Start two real Kubernetes control planes on loopback
	@$(XTASK) control-plane up
