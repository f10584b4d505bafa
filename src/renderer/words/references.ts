const shape = /(W-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2})/;

/** A text in pieces; every other one, from the second on, is a reference to quote, such as "W-7F3K-2Q". */
export const aroundReferences = (text: string): string[] => text.split(new RegExp(shape, 'g'));
