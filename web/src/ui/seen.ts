import { createContext } from 'react';

/** Whether a page can be seen already: what takes long and nobody would see yet waits for it. */
export const Seen = createContext(true);
