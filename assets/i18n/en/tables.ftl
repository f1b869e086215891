# Tables on the command line
cli-inspect-rows = { $n } rows
cli-inspect-sheet = sheet “{ $name }”
cli-inspect-delimiter = separated by “{ $mark }”
cli-inspect-tab = tab
cli-inspect-decimal-comma = decimal comma
cli-inspect-decimal-point = decimal point
cli-inspect-column = Column
cli-inspect-kind = Kind
cli-inspect-filled = filled
cli-inspect-marks = not told
cli-inspect-samples = Examples
cli-inspect-kind-text = text
cli-inspect-kind-integer = whole number
cli-inspect-kind-real = number
cli-inspect-join-hint = Tables are joined to a layer by a key with [[bind.join]].
