// Settings kept in the browser between visits. Storage may be disabled, or hold invalid data.

export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // then it lasts for this page only
  }
}
