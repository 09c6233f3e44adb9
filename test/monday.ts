// The instant at which most of our worlds begin.

/** 2026-03-02 is a Monday; 13:30 UTC is 08:30 in New York. */
export const MONDAY_MORNING = Date.parse('2026-03-02T13:30:00Z')
