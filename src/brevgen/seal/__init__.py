"""THE AGENCY'S SEAL: keys, certificates, signing, time stamps, verification."""
