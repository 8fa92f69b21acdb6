"""What an applicant for an income certificate answers, and the papers they give; plain data, for any client."""

ANSWERS = {
    "purpose": "state",
    "certificate_use": "state_education",
    "applicant_name": "K. Anil",
    "applicant_name_ml": "കെ. അനിൽ",
    "date_of_birth": "1978-05-14",
    "applicant_is": "resident",
    "aadhaar": "2345 6789 0124",
    "mobile": "9847012345",
    "house": "Puthenpurayil, Temple Road",
    "house_ml": "പുത്തൻപുരയിൽ, ക്ഷേത്രം റോഡ്",
    "district": "lgd-district:564",
    "taluk": "lgd-subdistrict:5683",
    "village": "Peringanad",
    "pin": "691551",
    "members": [
        {"name": "K. Anil", "relation": "self", "salary": 18000000},
        {"name": "Latha Anil", "relation": "spouse", "labour": 4200000, "land": 300000},
    ],
    "declared": True,
}
PAPERS = {"identity": "voter_id", "family": "ration_card", "income": "salary_certificate", "land": "land_tax"}
