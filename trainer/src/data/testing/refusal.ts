/** How tests say «this is refused with exactly that detail». */
import assert from "node:assert/strict";
import { type DataDetail, DataError, dataNextSteps } from "../dataError.ts";

/** Asserts that `act` fails with a data error of exactly this detail, which has a message and a next step. */
export async function refuses(act: () => unknown, detail: DataDetail): Promise<DataError> {
  const error = await failureOf(act);
  assert.ok(error instanceof DataError, `a coded error, not ${String(error)}`);
  assert.deepEqual(error.detail, detail);
  assert.ok(error.message.length > 10, "says what happened");
  assert.ok(dataNextSteps[error.code].length > 10, "says what to do next");
  return error;
}

/** @returns what `act` throws or rejects with. */
export async function failureOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return assert.fail("it was accepted");
}
