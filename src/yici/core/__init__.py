"""Plain values in, plain values out: elements, values, expressions, recognition, binding, fill plans."""
