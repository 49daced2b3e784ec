package core

// Evidence is what speaks for a passage that was found, for an explanation.
// Passage.Score alone decides.
type Evidence struct {
	Words   float64 // chance in [0,1] by its words alone; 0 if it shares none
	Meaning float64 // cosine to the question as the documents see it; 0 without vectors
	Fused   float64 // of both: what passages are ordered by; 0 without vectors
}
