// Percentiles of durations.

/**
 * The nearest-rank percentile: the smallest number of the list that at least `part` of the list does not exceed. It is
 * always one of the numbers, nothing between two of them; NaN of an empty list.
 * @param {number[]} sorted ascending
 * @param {number} part 0 to 1, such as 0.99; 0 gives the least number
 */
export function percentile(sorted, part) {
  if (sorted.length === 0) return NaN;
  // 0.07 * 100 is a hair more than 7: no reason to take the eighth.
  const rank = Math.ceil(sorted.length * part - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
}
