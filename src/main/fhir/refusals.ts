/** Entries of the record of access that say that something was refused, and so did not happen: AuditEvent.outcome 4 (hl7.org/fhir/R4/valueset-audit-event-outcome.html). */
export const refusals = ['withheld', 'denied', 'wrong-secret', 'store-refused', 'identity-mismatch', 'update-refused'] as const;

export const isRefusal = (event: string): boolean => refusals.some((refusal) => refusal === event);
