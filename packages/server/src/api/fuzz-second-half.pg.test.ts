import { fuzz } from "./testing/fuzz.ts";

fuzz(2, 2);
