/** What our widgets register for the Rust side, by name. */
declare var binnacle: Record<string, object> | undefined;
