import { aroundReferences } from '../words/references.ts';

/** A text whose references are not broken at their hyphens. */
export function Quoting({ text }: { text: string }) {
  // The pieces have no name but their place.
  return aroundReferences(text).map((piece, index) => (index % 2 === 1 ? <span key={`${index} ${piece}`} className="vr-number">{piece}</span> : piece));
}
