"""What a hand writes on a sheet: signs, texts, formulas, doodles, and the sheet that holds them."""
