/** Versions (Semantic Versioning 2.0.0, without build metadata). */
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';
import { z } from 'zod';

/** What does not have the form is compared with nothing. */
export const Version = z.string().max(60).refine((text) => parse(text)?.version === text, { error: 'a version such as 1.2.0', abort: true });

/** Negative: `a` comes before `b` (section 11: a pre-release comes before its release). Throws for what is no {@link Version}. */
export const compareVersions = (a: string, b: string): number => compare(a, b);
