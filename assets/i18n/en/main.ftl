# Texts of the interface. Every key is also in de/main.ftl.

## Bar and project
open = Open
open-folder = Open project folder …
open-path = Enter a path …
open-drop = Projects and GIS files can also be dragged into the window.
open-project = Open project
open-path-what = Folder of the project, or its file project.toml:
open-path-hint = e.g. /data/musterstadt
open-path-missing = There is nothing at this path.
open-no-portal = No file dialog answers on this computer. Please enter the path.
save = Save
save-hint = Save reviews of conflicts, the plan and groups (Ctrl+S)
unsaved = Some changes are not saved yet.
help = Help
help-hint = Help: moving and keys (F1)
appearance-light = Light appearance
appearance-dark = Dark appearance
language-switch = Switch language
cancel = Cancel
close = Close
loading = Opening the project
welcome = Open a city
welcome-text = A project ties the geodata of a city to its layers and shows where uses exclude each other.
welcome-demo = No data yet? “stadtschicht demo FOLDER” makes Musterstadt, a synthetic small town with every layer.

## Layers
layers = Layers
layers-show-all = Show all layers
layers-hide-all = Hide all layers
layers-empty = No city is open yet
layers-empty-do = Click “Open” at the top left, or drag a project folder into the window.
layers-filled = { $filled } of { $all } with data
layers-extra = Added files
layer-show = Show { $name }
layer-hide = Hide { $name }
layer-raise = Up: draw above the next layer
layer-lower = Down: draw below the previous layer
layer-zoom = Zoom to the layer
details-show = Show legend and source of { $name }
details-hide = Hide legend and source of { $name }
opacity = Opacity
no-data = no data
no-data-why = Without data nothing is known: rules that need this layer answer “unknown”.
unofficial = unofficial
unofficial-why = Model result, estimate or stand-in: not an official data set.
data-date = as of { $date }
date-unknown = date unknown

## Conflicts
conflicts = Conflicts
conflicts-no-project = No conflicts yet
conflicts-none = No conflicts found
conflicts-none-do = The tab “Rules” tells what was checked and where data are missing.
conflicts-filtered = No conflict matches the filter
conflicts-filtered-do = Loosen the filter or clear it with the cross.
conflicts-shown = { $shown } of { $all } conflicts
severity-prohibited = Prohibited
severity-restricted = Only by exception
severity-weigh = Needs weighing
severity-hint = Hint
severity-show = Click to show these conflicts.
severity-hide = Click to hide these conflicts.
status = Status
status-open = Open
status-in-review = In review
status-accepted = Weighed
status-mitigated = Mitigated
status-resolved = Resolved
status-dismissed = Dismissed
filter-hint = Search …
filter-all-rules = All rules
filter-all-statuses = Any status
filter-clear = Clear the filter
column-severity = Severity
column-id = Id
column-rule = Rule
column-subject = Site or plan
column-measured = Measured / limit
column-area = Area · share
column-office = Office
column-status = Status

## Rules
rules = Rules
rules-none = No rules are loaded
rules-none-do = Rules come from the project’s modules. “stadtschicht modules check” names what is missing.
rules-rule = Rule
rules-subjects = Checked
rules-conflicts = Conflicts
rules-clear = Clear
rules-unknown = Unknown
rules-assumed = coverage assumed
rules-assumed-why = “Clear” rests on layers whose completeness nobody declared.
rules-unknown-area = { $area } without data
rules-undecided = { $n ->
    [one] 1 rule with gaps
   *[other] { $n } rules with gaps
}

## Selection
inspector = Selection
inspector-conflict = Conflict
inspector-feature = Feature
inspector-spot = Why here?
inspector-empty = Nothing is selected
inspector-empty-do = Click a conflict or a feature. The key W asks “why here?” at the spot under the pointer.
selection-clear = Clear the selection
fly-there = Fly there
conflict-gone = This conflict no longer exists
conflict-gone-do = The data have changed. Please select another conflict.
conflict-measured = Measurement
measured = Measured
threshold = Limit
measured-threshold = Measured / limit
conflict-area = Area concerned
conflict-share = Share of the site
data-state = Data as of
proxy = Proxy
proxy-why = The data do not measure exactly what the law asks for.
conflict-subject = Site or plan
conflict-objects = Collides with
conflict-objects-none = Something is missing nearby; there is no counterpart.
conflict-reasons = Reasons
conflict-why = Why it matters
conflict-law = Legal basis
legal-force = Legal force
evidence = Evidence
office = Office
conflict-next = Next step
more = { $n ->
    [one] and 1 more
   *[other] and { $n } more
}
force-prohibition = Statutory prohibition
force-consent = Consent needed
force-limit = Limit value
force-guide = Guide value
force-orientation = Orientation value
force-planning = Planning guide value
force-recommendation = Recommendation
evidence-primary = read in the legal text
evidence-secondary = read on a specialist page
evidence-knowledge = professional knowledge, text not seen
evidence-inferred = inferred
feature-gone = This feature no longer exists
feature-id = Id in the source
attributes = Attributes
source = Source
licence = Licence
file = File
unknown = unknown
yes = yes
no = no
spot-rules = Rules at this spot
spot-layers = Layers at this spot
spot-unknown = Not known
spot-nothing = Nothing here: { $list }
spot-not-applicable = { $n ->
    [one] 1 rule does not concern this spot
   *[other] { $n } rules do not concern this spot
}
verdict-conflict = conflict
verdict-clear = clear
verdict-unknown = unknown
verdict-not-applicable = not applicable

## Messages
messages = Messages
messages-none = No messages
messages-none-do = Nothing that is shown here was left out, repaired or assumed while opening.
messages-sums = { $loaded } features loaded, { $dropped } left out
level-info = Notes
level-warning = Warnings
level-error = Errors
column-code = Code
column-place = File · layer
column-message = Message
finding-feature = feature { $id }
finding-count = { $n } features
finding-dropped = left out

## Status bar
status-no-place = –
status-coordinate = East · north · height under the pointer
status-crs = Coordinate system of the project
status-scale = Scale in the middle of the picture
status-light = Software rendering, light preset
status-light-why = No graphics processor: { $adapter } draws. Shadows and smoothing are therefore reduced.
status-stopping = stopping …
status-messages = { $n ->
    [one] 1 message
   *[other] { $n } messages
}
panel-fold = Fold the panel
panel-unfold = Unfold the panel
panels-hide = Hide and show all panels

## Map
legend-show = Show the legend
legend-hide = Hide the legend
legend-more = { $n ->
    [one] 1 more entry
   *[other] { $n } more entries
}
synthetic = Synthetic data
sources = Sources: { $list }
sources-none = Sources: not stated
view-zoom-in = Closer
view-zoom-out = Farther
view-tilt-up = Look flatter
view-tilt-down = Look steeper
view-top = Top view and back
view-home = Whole city
view-north = North up

## Help
help-mouse = Mouse
help-keys = Keys
help-reading = Reading
help-reading-text = Shape and colour of a mark tell the severity: octagon prohibited, triangle only by exception, diamond needs weighing, circle hint. “No data” never means “no conflict”: where data are missing the answer is unknown.
hint-close = Got it
mouse-left = Drag left
mouse-right = Drag right
mouse-wheel = Wheel
mouse-click = Click
move-pan = Move the map
move-orbit = Turn and tilt
move-zoom = Closer, farther
move-identify = Select a conflict or feature
move-why = Why here? Layers and rules at this spot
keys-arrows = Arrow keys
keys-shift-arrows = Shift+arrows
keys-page = Page up, page down
keys-home = Home
keys-tab = Tab (over the map)
keys-open = Ctrl+O
keys-save = Ctrl+S

## Files and errors
file-added = File added
file-added-text = “{ $name }” is shown. Rules only look at files that are bound in project.toml.
file-layer = Layer
file-driver = Format
file-crs = Coordinate system
file-count = Features
file-extent = Extent
file-dropped = Left out
error-open = The project could not be opened
error-add = The file could not be added
error-add-first = Please open a project first: it sets the coordinate system.
error-busy = Something is still running. Please wait, or cancel it in the status bar.
error-save = The reviews were not saved
error-review = The review was not taken over
