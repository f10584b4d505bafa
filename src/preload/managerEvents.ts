/** What a manager looks at, takes away or does, by the names of its entries: what a second reader reads. */
export const managerEvents = [
  'consulted', 'exported', 'assigned', 'assignment-extended', 'assignment-cancelled', 'stopped', 'lifted', 'device-enrolled', 'device-revoked', 'incident', 'incident-kept', 'incident-removed',
] as const;
