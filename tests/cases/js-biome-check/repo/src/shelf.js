import { b } from "./b.js";
import { a } from "./a.js";

export const shelf = [ a,b ]
