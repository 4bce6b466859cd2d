// Softmax and cross-entropy with its gradient. Definition: trainer/src/engine/operations.ts.
#include "canonical.h"

// Returns the loss of one row; `gradient` receives its softmax.
static float softmax_row(i32 columns, const float *row, i32 label, float *gradient) {
  float largest = row[0];
  for (i32 j = 0; j < columns; j++) largest = max_f32(largest, row[j]);
  float sum = 0.0f;
  for (i32 j = 0; j < columns; j++) {
    gradient[j] = exp_f32(row[j] - largest);
    sum = sum + gradient[j];
  }
  float logit = row[label] - largest;
  for (i32 j = 0; j < columns; j++) gradient[j] = gradient[j] / sum;
  // Where sum is a NaN, largest and so logit are not finite, and whatever log makes of it, neither is the loss.
  return log_f32(sum) - logit;
}

// Writes the gradient of the mean loss and that loss. Returns whether the loss is finite.
KERNEL(softmax_cross_entropy)
i32 softmax_cross_entropy(i32 rows, i32 columns, const float *logits, const i32 *labels, float *gradient, float *loss) {
  float scale = 1.0f / (float)rows;
  float total = 0.0f;
  for (i32 i = 0; i < rows; i++) {
    float *row_gradient = gradient + i * columns;
    i32 label = labels[i];
    total = total + softmax_row(columns, logits + i * columns, label, row_gradient);
    for (i32 j = 0; j < columns; j++) row_gradient[j] = (row_gradient[j] - (j == label ? 1.0f : 0.0f)) * scale;
  }
  *loss = total / (float)rows;
  return is_finite(*loss);
}
