app-name = Stadtschicht
