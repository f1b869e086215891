# Drafts from a file into the open variant.
drafts-open = Drafts from a file
drafts-open-what = Geodata file with areas, lines or points that shall go into the variant:
drafts-button = Take from a file …
drafts-path = Type the path of the file
drafts-where = Take in as
drafts-as-layer = Layer of the project
drafts-as-draft = Draft in “{ $name }”
drafts-why = The features become part of the variant: one step in its history, which can be undone. The existing conditions stay as they are.
drafts-take = Into the variant
drafts-sum = { $taken } of { $read } features go into the variant
drafts-sum-all = { $n ->
    [one] 1 feature goes into the variant
   *[other] { $n } features go into the variant
}
drafts-dropped = Left out
drafts-more = … and { $n } more
drafts-none = No feature fits this layer.
