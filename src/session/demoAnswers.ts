export const demoAnswers: Record<string, Record<string, string>> = {};
