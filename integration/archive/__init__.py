"""Archives: messages of Fiks Arkiv V2, written and read. The transport that carries them is none of ours."""
