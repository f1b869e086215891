recent = Recently opened
recent-open = Open { $folder }
recent-missing = not found
recent-forget = Remove from the list (the project itself stays)
