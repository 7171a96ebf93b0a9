package outbox

// NoiseCount is what became on one local day of the messages of a chat that count towards its budget ([Noise]): how many were
// sent and rang, and how many were spared it and only counted.
type NoiseCount struct {
	Rang   int `json:"rang"`
	Spared int `json:"spared"`
}
