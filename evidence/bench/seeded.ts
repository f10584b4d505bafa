/** Whose the seeded list is, and how its patients and transcripts are told apart, with the number of the recording behind it. */
export const OWNER = 'ada';
export const FAMILY = 'Benchperson';
export const WORD = 'benchword';
