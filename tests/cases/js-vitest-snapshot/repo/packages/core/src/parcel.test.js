import { describe, expect, it } from "vitest";
import { parcel, short, text } from "./parcel.js";

describe("parcel", () => {
  it("has a label", () => expect(parcel(1)).toMatchSnapshot());
  it("prints", () => expect(text(1)).toMatchSnapshot());
  it("is short", () => expect(short(1)).toMatchSnapshot());
});
