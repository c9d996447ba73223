"""What tracing costs a server: the playground's beside others, under the same load and with the same receivers."""
