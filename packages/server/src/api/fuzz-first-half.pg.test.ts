import { fuzz } from "./testing/fuzz.ts";

fuzz(1, 2);
