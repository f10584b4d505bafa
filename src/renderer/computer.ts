import { createContext, use } from 'react';

/** Goes to "This computer" from where nobody is in; null inside, where it is a place of the person's own. */
export const ComputerContext = createContext<(() => void) | null>(null);

export const useComputer = (): (() => void) | null => use(ComputerContext);
