/** Catalogue rows of reading and writing other programs' files. */
import type { InterchangeDetail } from "../../interchange/interchangeError.ts";
import { type Entry, entry } from "./entry.ts";

export const interchangeErrors = {
  INTERCHANGE_SAFETENSORS_MALFORMED: entry(
    "data",
    "The file is not a safetensors file, or is damaged.",
    "save or download it again",
    "a file saved with torch.save is another format: save it with safetensors.torch.save_file",
  ),
  INTERCHANGE_DTYPE_UNSUPPORTED: entry(
    "data",
    "A tensor holds numbers of a type that has no place in binary32.",
    "convert it before saving: tensor.float()",
  ),
  INTERCHANGE_TENSOR_MISSING: entry(
    "data",
    "The file holds nothing for one of the architecture's layers.",
    "compare the architecture with the file: the message names the layer and the shape it needs",
  ),
  INTERCHANGE_TENSOR_MISFIT: entry(
    "data",
    "A tensor of the file has another shape than its layer.",
    "correct the layer that the message names, or take the file of the right model",
  ),
  INTERCHANGE_TENSOR_UNKNOWN: entry(
    "data",
    "The file holds a tensor for which the architecture has no layer.",
    "add the layer it belongs to, or save the file without it",
  ),
  INTERCHANGE_LAYER_UNSUPPORTED: entry(
    "data",
    "A layer has no counterpart in the other format.",
    "rearrange the layer that the message names",
  ),
} as const satisfies Record<InterchangeDetail["code"], Entry>;
