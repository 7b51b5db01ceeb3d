"""Shows how the pairing rule fares beside simple ones, on made-up days and on traces, with hindsight as the measure."""
