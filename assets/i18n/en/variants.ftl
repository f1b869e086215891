scenario-part-figure = Figure
scenario-comparison = Comparison
scenario-unknown-part = Unknown part
scenario-sites = { $n ->
    [one] { $n } site
   *[other] { $n } sites
}
scenario-figures = Figures of the sites
variants = Variants
variants-none = Nothing to compare yet
variants-none-do = Begin a variant on the left under "Plan". Then this says how it differs from the existing conditions and from others.
variants-before = Before
variants-other = Compared with
variants-now = Now
variants-waiting = The comparison is being prepared …
variants-counting = The comparison is being computed …
variants-indicators-counting = Indicators are being computed …
variants-indicators-same = No change in the indicators
variants-single = One picture (V)
variants-beside = Side by side, one camera (V)
variants-swipe = Swipe: one picture with a line to move (V)
variants-divider = Line between the pictures
variants-hold = Hold B for before
variants-unchanged = show { $n } unchanged
variants-copy = Copy as a table
variants-save = Save the comparison
variants-save-what = Where the file goes. Its ending decides: .xlsx, .csv or .json
variants-save-hint = /path/comparison.xlsx
variants-saved = Comparison saved
variants-save-failed = The comparison could not be saved
variants-file = comparison.xlsx
variants-all-sites = All sites ({ $n })
variants-go = Go to the site
variants-given = Assumptions
variants-index = Construction price index (2010 = 100)
variants-factor = Regional factor
variants-parking = Parking spaces a dwelling
variants-standard = Standard of NHK 2010
variants-index-source = Index: { $source }
variants-usual = Usual assumptions
variants-help-next = Compare variants: side by side, swipe, one picture
variants-help-hold = held: the view as before
