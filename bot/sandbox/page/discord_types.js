// Discord's numbers for kinds of components, options, buttons, channels and message flags.

export const ComponentType = Object.freeze({
  actionRow: 1, button: 2, stringSelect: 3, textInput: 4, userSelect: 5, roleSelect: 6, mentionableSelect: 7, channelSelect: 8, section: 9,
  textDisplay: 10, thumbnail: 11, mediaGallery: 12, file: 13, separator: 14, container: 17, label: 18, fileUpload: 19, radioGroup: 21, checkboxGroup: 22, checkbox: 23,
});

export const CommandType = Object.freeze({ chatInput: 1, user: 2 });

export const OptionType = Object.freeze({
  subcommand: 1, subcommandGroup: 2, string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10,
});

export const ButtonStyle = Object.freeze({ primary: 1, secondary: 2, success: 3, danger: 4, link: 5 });

export const SeparatorSpacing = Object.freeze({ large: 2 });

export const TextInputStyle = Object.freeze({ paragraph: 2 });

export const ChannelType = Object.freeze({ direct: 1, category: 4 });

export const MessageFlag = Object.freeze({ ephemeral: 64, loading: 128 });
