"""What an empty cell could be: ``inputs`` reads what is published, ``statistics`` has the arithmetic, ``cells`` fills,
``trials`` hides known cells and fills those, ``run`` writes the tables."""
