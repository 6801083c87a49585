//! Tests of the router as a whole, named after routes.

pub mod app;
mod calls;
mod canary;
mod gate;
mod guard;
mod headers;
mod hostile;
mod limits;
mod login;
mod malformed;
pub mod panics;
mod password;
mod rights;
mod welcome;
